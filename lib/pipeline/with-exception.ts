import { type Document, isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import type { Exception } from '../findings/expected/expected.ts';

const HEAD = '# What is expected and accepted in this account: docs/expected.md explains each member.\n';

/**
 * The text of a file of expected access with one more exception, or with the one of the same scope renewed.
 * Everything else stays as written, comments and order included. The text must be valid YAML.
 */
export function withException(text: string | null, exception: Exception): string {
  const document = documentOf(text);
  const list = document.get('exceptions') as YAMLSeq;
  const node = document.createNode(exception);
  const granted = node.get('granted');
  // members that people do not write are at the end, in short form
  if (isMap(granted)) for (const { value } of granted.items) if (isSeq(value)) value.flow = isShort(value);
  const same = list.items.findIndex(
    (item) => isMap(item) && scopeText(item.toJS(document) as Exception) === scopeText(exception),
  );
  if (same < 0) list.add(node);
  else {
    node.commentBefore = (list.items[same] as { commentBefore?: string | null }).commentBefore ?? null;
    list.items[same] = node;
  }
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}

/** The file, or a new one, with a list of exceptions in it. */
function documentOf(text: string | null): Document {
  const document: Document = parseDocument(text === null || text.trim() === '' ? HEAD : text);
  if (!isMap(document.contents)) {
    const { commentBefore, comment } = document;
    document.contents = document.createNode({});
    document.commentBefore = commentBefore ?? comment;
    document.comment = null;
  }
  if (!isSeq(document.get('exceptions'))) document.set('exceptions', document.createNode([]));
  (document.get('exceptions') as YAMLSeq).flow = false;
  return document;
}

const isShort = (value: YAMLSeq): boolean => value.items.length <= 3 && JSON.stringify(value).length < 80;

const scopeText = ({ account, rules, statement, principal, resource, instances, tag }: Exception): string =>
  JSON.stringify([
    account,
    rules,
    statement?.policy,
    statement?.sid ?? statement?.statement,
    principal,
    resource,
    instances,
    tag,
  ]);
