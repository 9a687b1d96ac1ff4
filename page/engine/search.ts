import { addressOf } from '../../lib/render/page/address.ts';
import type { FindingData, PolicyData } from '../../lib/render/page/page-data.ts';
import { principalName } from '../names.ts';
import { namesBehind } from './behind.ts';
import type { Model } from './model.ts';

export interface SearchHit {
  readonly title: string;
  readonly detail: string;
  readonly address: string;
}

export interface SearchHits {
  readonly kind: 'Principals' | 'Instances' | 'Policies' | 'Findings';
  readonly count: number;
  readonly first: readonly SearchHit[];
}

interface Source {
  readonly kind: SearchHits['kind'];
  readonly texts: readonly string[];
  readonly hit: (number: number) => SearchHit;
}

const MOST = 7;

/** Finds things whose name contains all typed words. */
export class PageSearch {
  readonly #sources: readonly Source[];

  constructor(model: Model, policies: PolicyData, findings: FindingData) {
    this.#sources = [
      principalSource(model),
      instanceSource(model),
      {
        kind: 'Policies',
        texts: policies.rows.map(([id]) => id.toLowerCase()),
        hit: (at) => {
          const [id = '', name = '', kind = ''] = policies.rows[at] ?? [];
          return { title: name, detail: `${kind}, ${id}`, address: addressOf.policy(id) };
        },
      },
      {
        kind: 'Findings',
        texts: findings.rows.map(({ title, rules, resource }) =>
          `${rules.join(' ')} ${title} ${resource}`.toLowerCase(),
        ),
        hit: (at) => {
          const row = findings.rows[at];
          const title = (row?.title ?? '').replaceAll('`', '');
          return {
            title,
            detail: `${row?.severity} ${row?.rules[0]}`,
            address: addressOf.finding(row?.id ?? ''),
          };
        },
      },
    ];
  }

  find(typed: string): readonly SearchHits[] {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return this.#sources.flatMap(({ kind, texts, hit }) => {
      const found = matching(texts, words);
      return found.length === 0 ? [] : [{ kind, count: found.length, first: found.slice(0, MOST).map(hit) }];
    });
  }
}

/** The numbers of the texts with all words; those in which a word begins with the first one come first. */
function matching(texts: readonly string[], words: readonly string[]): readonly number[] {
  const [first = ''] = words;
  const [begin, rest]: [number[], number[]] = [[], []];
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at] as string;
    if (!words.every((word) => text.includes(word))) continue;
    const start = text.indexOf(first);
    (start === 0 || '/ :'.includes(text[start - 1] as string) ? begin : rest).push(at);
  }
  return [...begin, ...rest];
}

function principalSource({ principals }: Model): Source {
  const behind = namesBehind(principals.directory);
  return {
    kind: 'Principals',
    texts: principals.rows.map(([arn], at) =>
      `${principalName(arn)} ${arn} ${behind.get(at) ?? ''}`.toLowerCase(),
    ),
    hit: (at) => {
      const [arn = '', kind = ''] = principals.rows[at] ?? [];
      return {
        title: principalName(arn),
        detail: `${kind}, ${arn}`,
        address: addressOf.principal(arn),
      };
    },
  };
}

function instanceSource({ instances }: Model): Source {
  const tags = instances.tagLists.map((list) =>
    list.map((tag) => instances.tags[tag]?.join('=') ?? '').join(' '),
  );
  return {
    kind: 'Instances',
    texts: instances.ids.map((id, at) =>
      `${instances.names[at] ?? ''} ${id} ${tags[instances.tagsOf[at] as number] ?? ''}`.toLowerCase(),
    ),
    hit: (at) => {
      const [id, name] = [instances.ids[at] ?? '', instances.names[at] || null];
      const region = instances.places[instances.place[at] as number]?.[0] ?? '';
      return {
        title: name ?? id,
        detail: name === null ? region : `${id}, ${region}`,
        address: addressOf.instance(id),
      };
    },
  };
}
