import type { Alert } from '../../lib/ports/notifier.ts';

/** The messages that a topic accepted. */
export class Told {
  readonly alerts: Alert[] = [];

  /** Changes that no drift alert names. */
  lost(names: readonly string[]): number {
    return names.filter((name) => this.#about(name).length === 0).length;
  }

  /**
   * Changes that were reported twice, and repeated messages. A change that was reported before its event is reported
   * again with the actor: that is another message.
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
