/** What SNS is handed. `key` names what the alert is about, so that the same thing alerts once. */
export interface Alert {
  readonly topic: string;
  /** at most 100 characters, no newline */
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
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
