import { Fragment, options, type VNode } from 'preact';
import { visible } from '../lib/render/escape.ts';

const PLAIN = /^[\x20-\x7e]*$/;
const TEXT_ATTRIBUTES = ['title', 'aria-label', 'placeholder', 'alt'];

/**
 * Makes invisible characters visible in every text that the page shows: control characters, marks that reorder text,
 * and the like. Markup in a text is harmless, because elements are created and never parsed.
 */
export function showHidden(): void {
  const before = options.vnode;
  options.vnode = (node: VNode) => {
    if (typeof node.type === 'string' || node.type === Fragment) {
      const props = node.props as Record<string, unknown>;
      props.children = node.type === 'pre' ? shownLines(props.children) : shown(props.children);
      for (const name of TEXT_ATTRIBUTES) if (name in props) props[name] = shown(props[name]);
    }
    before?.(node);
  };
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return PLAIN.test(value) ? value : visible(value);
  return Array.isArray(value) ? value.map(shown) : value;
}

/** Preformatted text keeps its line ends, for example a document or commands. */
function shownLines(value: unknown): unknown {
  if (typeof value === 'string') return value.split('\n').map(shown).join('\n');
  return Array.isArray(value) ? value.map(shownLines) : value;
}
