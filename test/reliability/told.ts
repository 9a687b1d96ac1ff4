import type { Alert } from '../../lib/ports/notifier.ts';

/** What a topic has taken. */
export class Told {
  readonly alerts: Alert[] = [];

  /** Changes that no alert of drift names. */
  lost(names: readonly string[]): number {
    return names.filter((name) => this.#about(name).length === 0).length;
  }

  /**
   * Changes that are told twice, and messages that came again. A change that was told before its event came is told
   * once more with it, to name who made it: that is another message.
   */
  doubled(names: readonly string[]): number {
    const isTwice = (alerts: readonly Alert[]) => new Set(alerts.map(({ key }) => key)).size > 1;
    const twice = names.filter((name) => {
      const about = this.#about(name);
      const withoutEvent = about.filter(({ message }) => message.includes('Event: none known'));
      return isTwice(withoutEvent) || isTwice(about.filter((alert) => !withoutEvent.includes(alert)));
    });
    return twice.length + this.alerts.length - new Set(this.alerts.map(({ key }) => key)).size;
  }

  #about(name: string): Alert[] {
    return this.alerts.filter(
      ({ attributes, message }) => attributes.kind === 'drift' && message.includes(name),
    );
  }
}
