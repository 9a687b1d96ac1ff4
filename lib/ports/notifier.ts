/** What subscriptions filter by. A list matches where one of its values does. */
export type AlertAttributes = Readonly<Record<string, string | readonly string[]>>;

/** What SNS is handed. `key` names what the alert is about, so that the same thing alerts once. */
export interface Alert {
  readonly topic: string;
  /** at most 100 characters, no newline */
  readonly subject: string;
  readonly message: string;
  /** the same for AWS's chat client: a custom notification as JSON; left out by earlier versions */
  readonly chat?: string;
  readonly attributes: AlertAttributes;
  readonly key: string;
}

export interface Notifier {
  /**
   * Hands an alert over. `run` is the run that raised it: an alert may be handed over again with the same run and key,
   * when it is not known whether it went out, and a notifier that can tell takes it once.
   */
  publish(alert: Alert, run: string): Promise<void>;
  /** Whether anybody gets what `topic` is handed. Missing: whatever is handed over is there to be read. */
  readonly hasReceivers?: (topic: string) => Promise<boolean>;
}
