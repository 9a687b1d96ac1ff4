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
  publish(alert: Alert): Promise<void>;
}
