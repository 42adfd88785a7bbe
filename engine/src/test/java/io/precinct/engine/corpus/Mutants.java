package io.precinct.engine.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Texts that are nearly right: the corpus's own, cut, joined, doubled and spoilt token by token. One seed always gives
 * the same text.
 */
public final class Mutants {
    private static final Path ROOT = Path.of("src/test/resources/corpus");
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|[$@]?[A-Za-z_][A-Za-z0-9_]*|[0-9]+|\\s+|.", Pattern.DOTALL);
    private static final int LONGEST = 400_000;

    /** What readers stumble over, whatever the language. */
    private static final List<String> TRAPS = List.of(
            "\u0000",
            "\uD800",
            "\uDC00",
            "\uFEFF",
            "\u2028",
            "\u202E",
            "😀",
            "\"",
            "\\",
            "\\u0000",
            "\"\\ud800\"",
            "/*",
            "*/",
            "//",
            "\r",
            "\n",
            "..",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "$",
            "@",
            "-",
            "9223372036854775808",
            "18446744073709551616",
            "1e999999999",
            "-0.0",
            "0.0000000000000000000000000000001",
            "null",
            "NaN",
            "date(\"9999-99-99\")",
            "datetime(\"+999999999-12-31T23:59:59Z\")",
            "\"-999999999-01-01\"",
            "enum(",
            "Vector(2147483647)",
            "@embed(",
            "@rename_from(\"A\")",
            "@backfill(",
            "not {",
            "not",
            "$_",
            "{1,9223372036854775807}",
            "<twinOf>{1,9}",
            "count(",
            "nearest(",
            "rrf(",
            "limit 9223372036854775807",
            "__nanograph_now",
            "_rowid",
            "\"id\":",
            "\"data\":{",
            "{\"type\":\"Item\",\"data\":{}}");

    private static final List<String> OPENINGS = List.of(
            "not { ", "[", "{", "(", "{\"data\":", "enum(", "count(", "@x(", "/*", "\"\\\\", "- ", "$a ", "\u0000");

    private final List<String> sound;
    private final List<String> tokens;

    private Mutants(List<String> sound) {
        this.sound = List.copyOf(sound);
        this.tokens =
                sound.stream().flatMap(text -> tokens(text).stream()).distinct().toList();
    }

    /** Those of every step of the corpus that begins with one of these words. */
    public static Mutants of(Set<String> words) {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> pages = Files.list(ROOT)) {
            for (Path page : pages.sorted().toList()) {
                for (CorpusFile.Case one : new CorpusFile(page).cases()) {
                    if (words.contains("pg")) {
                        texts.add(one.base().schema());
                    }
                    one.steps().stream()
                            .filter(step -> words.contains(step.word()))
                            .forEach(step -> texts.add(step.text()));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Mutants(
                texts.stream().filter(text -> !text.isEmpty()).distinct().toList());
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher found = TOKEN.matcher(text);
        while (found.find()) {
            tokens.add(found.group());
        }
        return tokens;
    }

    /** The text of this seed. */
    public String text(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> parts = tokens(sound.get(random.nextInt(sound.size())));
        int changes = 1 + random.nextInt(random.nextInt(8) == 0 ? 20 : 4);
        for (int i = 0; i < changes; i++) {
            change(parts, random);
        }
        String text = String.join("", parts);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private void change(List<String> parts, SplittableRandom random) {
        int at = random.nextInt(parts.size() + 1);
        int end = Math.min(parts.size(), at + 1 + random.nextInt(6));
        switch (random.nextInt(10)) {
            case 0 -> parts.subList(at, end).clear();
            case 1 -> parts.addAll(at, List.copyOf(parts.subList(at, end)));
            case 2, 3 -> parts.add(at, TRAPS.get(random.nextInt(TRAPS.size())));
            case 4 -> {
                parts.subList(at, end).clear();
                parts.add(at, tokens.get(random.nextInt(tokens.size())));
            }
            case 5 -> parts.add(at, " " + tokens.get(random.nextInt(tokens.size())) + " ");
            case 6 -> {
                List<String> other = tokens(sound.get(random.nextInt(sound.size())));
                int from = random.nextInt(other.size() + 1);
                parts.addAll(at, other.subList(from, other.size()));
            }
            case 7 -> parts.subList(at, parts.size()).clear();
            case 8 ->
                parts.add(at, OPENINGS.get(random.nextInt(OPENINGS.size())).repeat(many(random)));
            default -> {
                String one = at < parts.size() ? parts.get(at) : "9";
                parts.add(at, one.repeat(Math.max(1, Math.min(many(random), LONGEST / Math.max(1, one.length())))));
            }
        }
    }

    /** Mostly few, now and then very many. */
    private static int many(SplittableRandom random) {
        return 1 + random.nextInt(random.nextInt(12) == 0 ? 30_000 : 80);
    }
}
