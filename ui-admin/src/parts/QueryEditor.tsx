import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { Diagnostic } from '../api/client';

const WORDS = new Set(
  'query match return order limit not as asc desc insert update delete set where count sum avg min max contains starts_with now date datetime true false'.split(
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

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: '#5752d1', fontWeight: '600' },
  { tag: tags.typeName, color: '#004d99' },
  { tag: tags.variableName, color: '#9e4a06' },
  { tag: tags.string, color: '#3d7317' },
  { tag: tags.number, color: '#a30000' },
  { tag: tags.comment, color: '#5f6368' },
]);

interface Properties {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly diagnostics: readonly Diagnostic[];
}

/** A text field for queries. Tab leaves it (the keyboard is never caught); Ctrl+Enter runs. */
export function QueryEditor({ text, onChange, onRun, diagnostics }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ onChange, onRun });
  latest.current = { onChange, onRun };

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
          keymap.of([
            { key: 'Mod-Enter', run: () => (latest.current.onRun(), true) },
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': 'Query' }),
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
    const marks: Mark[] = diagnostics.map((one) => {
      const from = Math.min(one.start ?? 0, length);
      return { from, to: Math.max(from, Math.min(one.end ?? from, length)), severity: 'error', message: one.message };
    });
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [diagnostics]);

  return <div ref={box} className="console-editor" />;
}
