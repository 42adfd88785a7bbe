import cytoscape from 'cytoscape';
import { useEffect, useRef } from 'react';
import type { Picture } from './values';

const MOST_NODES = 400;

/** A force-directed drawing; the table beside it holds the same facts for whoever can't see it. */
export default function GraphPicture({ picture }: { picture: Picture }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = new Set(picture.nodes.slice(0, MOST_NODES));
  const links = picture.links.filter((link) => shown.has(link.from) && shown.has(link.to));
  useEffect(() => {
    if (!box.current) return undefined;
    const drawing = cytoscape({
      container: box.current,
      elements: [
        ...[...shown].map((id) => ({ data: { id } })),
        ...links.map((link, index) => ({
          data: { id: `link-${index}`, source: link.from, target: link.to, label: link.label },
        })),
      ],
      style: [
        { selector: 'node', style: { label: 'data(id)', 'background-color': '#0066cc', 'font-size': 9, width: 14, height: 14 } },
        {
          selector: 'edge',
          style: {
            width: 1,
            'line-color': '#8a8d90',
            'curve-style': 'bezier',
            'target-arrow-shape': 'triangle',
            'target-arrow-color': '#8a8d90',
            'arrow-scale': 0.6,
          },
        },
      ],
      layout: { name: 'cose', animate: false, randomize: true, fit: true },
    });
    return () => drawing.destroy();
    // The picture is made anew for each result; its parts follow from it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [picture]);
  return (
    <>
      <div
        ref={box}
        className="graph-picture"
        role="img"
        aria-label={`Drawing of ${shown.size} nodes and ${links.length} links`}
        data-testid="graph-picture"
      />
      {picture.nodes.length > MOST_NODES && <p>The first {MOST_NODES} nodes are drawn.</p>}
    </>
  );
}
