import { Fragment, options, type VNode } from 'preact';
import { visible } from '../lib/render/escape.ts';

const PLAIN = /^[\x20-\x7e]*$/;
const TEXT_ATTRIBUTES = ['title', 'aria-label', 'placeholder', 'alt'];

/**
 * Writes out what a reader could not see in every text that the page shows, in one place: controls, marks that reorder
 * text, and the like. Markup is no concern: elements are made, never parsed.
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

/** Text as it stands has lines of its own: those of a document, or of commands. */
function shownLines(value: unknown): unknown {
  return typeof value === 'string' ? value.split('\n').map(shown).join('\n') : shown(value);
}
