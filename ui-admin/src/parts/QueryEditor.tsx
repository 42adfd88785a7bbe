import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Catalogue } from '../language/catalogue';
import { completionsAt, type Option } from '../language/completion';
import type { Finding } from '../language/findings';

const WORDS = new Set(
  'query match return order limit not as asc desc insert update delete set where count sum avg min max contains starts_with now date datetime search fuzzy match_text nearest bm25 rrf true false'.split(
    ' ',
  ),
);

const language = StreamLanguage.define<null>({
  startState: () => null,
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return 'comment';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^\$[a-z_]\w*/)) return 'variableName';
    if (stream.match(/^[A-Z]\w*/)) return 'typeName';
    if (stream.match(/^\d+(\.\d+)?/)) return 'number';
    const word = stream.match(/^[a-z_]\w*/);
    if (word && word !== true) return WORDS.has(word[0]) ? 'keyword' : 'propertyName';
    stream.next();
    return null;
  },
});

/** Classes, so that the colours follow the page's theme. */
const colours = HighlightStyle.define([
  { tag: tags.keyword, class: 'word-keyword' },
  { tag: tags.typeName, class: 'word-type' },
  { tag: tags.variableName, class: 'word-variable' },
  { tag: tags.string, class: 'word-string' },
  { tag: tags.number, class: 'word-number' },
  { tag: tags.comment, class: 'word-comment' },
]);

const ICONS: Readonly<Record<Option['kind'], string>> = {
  keyword: 'keyword',
  function: 'function',
  variable: 'variable',
  node: 'class',
  edge: 'interface',
  property: 'property',
  type: 'type',
  value: 'constant',
};

/** Behind these something must follow; elsewhere a list that opens by itself would be in the way of Enter. */
const OPENS_BY_ITSELF = /(?:[.$]|[:@] ?)$/;

function complete(context: CompletionContext, catalogue: Catalogue): CompletionResult | null {
  const found = completionsAt(context.state.doc.toString(), context.pos, catalogue);
  if (!found) return null;
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (!context.explicit && found.from === context.pos && !OPENS_BY_ITSELF.test(before)) return null;
  return {
    from: found.from,
    validFor: /^\$?\w*$/,
    options: found.options.map(({ label, kind, detail, description, write, rank }) => ({
      label,
      type: ICONS[kind],
      ...(detail !== undefined && { detail }),
      ...(description !== undefined && { info: description }),
      ...(write !== undefined && { apply: write }),
      boost: rank ?? 0,
    })),
  };
}

export interface EditorHandle {
  /** Puts the cursor there and the focus into the text. */
  readonly goTo: (position: number) => void;
  readonly replace: (from: number, to: number, text: string) => void;
}

interface Properties {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Of the text as it stands now. */
  readonly findings: readonly Finding[];
  readonly catalogue: Catalogue;
  readonly handle: Ref<EditorHandle>;
}

/** A text field for queries. Tab leaves it (the keyboard is never caught); Ctrl+Enter runs, Ctrl+Space completes, F8 goes to the next finding. */
export function QueryEditor({ text, onChange, onRun, findings, catalogue, handle }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ onChange, onRun, catalogue });
  latest.current = { onChange, onRun, catalogue };

  useImperativeHandle(handle, () => ({
    goTo(position) {
      view.current?.dispatch({ selection: { anchor: position }, scrollIntoView: true });
      view.current?.focus();
    },
    replace(from, to, insert) {
      view.current?.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
      view.current?.focus();
    },
  }));

  useEffect(() => {
    if (!box.current) return undefined;
    const editor = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          language,
          syntaxHighlighting(colours),
          lintGutter(),
          autocompletion({ override: [(context) => complete(context, latest.current.catalogue)], icons: false }),
          keymap.of([
            { key: 'Mod-Enter', run: () => (latest.current.onRun(), true) },
            ...lintKeymap,
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': 'Query', 'aria-describedby': 'query-keys' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The editor owns its text after the start.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const length = editor.state.doc.length;
    const marks = findings
      .filter((one) => one.place)
      .map(({ from, to, severity, message, code, instead }): Mark => ({
        from: Math.min(from, length),
        to: Math.min(to, length),
        severity,
        message: code ? `${message} (${code})` : message,
        actions:
          instead === undefined
            ? []
            : [
                {
                  name: `Write ${instead}`,
                  apply: (where, start, end) => where.dispatch({ changes: { from: start, to: end, insert: instead } }),
                },
              ],
      }));
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [findings]);

  return (
    <>
      <div ref={box} className="console-editor" />
      <p id="query-keys" className="hint">
        Ctrl+Space completes, F8 goes to the next error, Ctrl+Enter runs.
      </p>
    </>
  );
}
