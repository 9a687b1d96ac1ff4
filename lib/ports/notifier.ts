/** The attributes by which subscriptions filter. A list matches if one of its values matches. */
export type AlertAttributes = Readonly<Record<string, string | readonly string[]>>;

/** A message to SNS. `key` identifies the subject of the alert, so that the same thing alerts once. */
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
   * Sends an alert. `run` is the run that raised it. If it is not known whether an alert went out, it is sent
   * again with the same run and key; a notifier that can recognise this sends it once.
   */
  publish(alert: Alert, run: string): Promise<void>;
  /** Whether `topic` has receivers. If missing: messages can be read later. */
  readonly hasReceivers?: (topic: string) => Promise<boolean>;
}
