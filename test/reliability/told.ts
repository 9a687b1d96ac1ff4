import type { Alert } from '../../lib/ports/notifier.ts';

/** What a topic has taken. */
export class Told {
  readonly alerts: Alert[] = [];
  readonly #findings: number;

  /** `findings`: new critical ones that are told beside the changes */
  constructor(findings = 0) {
    this.#findings = findings;
  }

  /** Changes that no alert of drift names, and no roll-up counts. */
  lost(names: readonly string[]): number {
    return Math.max(0, this.#unnamed(names) - this.#rolledUp());
  }

  /** Changes that are told under more than one key, and messages that came again. */
  doubled(names: readonly string[]): number {
    const twice = names.filter((name) => new Set(this.#about(name)).size > 1).length;
    const tooMany = Math.max(0, this.#rolledUp() - this.#unnamed(names));
    const repeated = this.alerts.length - new Set(this.alerts.map(({ key }) => key)).size;
    return twice + tooMany + repeated;
  }

  #unnamed(names: readonly string[]): number {
    return names.filter((name) => this.#about(name).length === 0).length;
  }

  /** Changes that one message tells together, as there were too many to send them one by one; findings are in it, too. */
  #rolledUp(): number {
    const counts = this.alerts.flatMap(({ attributes, subject }) =>
      attributes.kind === 'rollup' ? Number(/ (\d+) further alert/.exec(subject)?.[1] ?? 0) : [],
    );
    const all = counts.reduce((sum, count) => sum + count, 0);
    const sent = this.alerts.filter(({ attributes }) => attributes.kind === 'finding').length;
    return all === 0 ? 0 : all - (this.#findings - sent);
  }

  /** Keys of the alerts of drift that name it. */
  #about(name: string): string[] {
    return this.alerts.flatMap(({ attributes, message, key }) =>
      attributes.kind === 'drift' && message.includes(name) ? key : [],
    );
  }
}
