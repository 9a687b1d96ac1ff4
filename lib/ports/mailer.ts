/** A whole MIME message, ready to hand to SES. */
export interface Mail {
  readonly from: string;
  /** receivers; the message's own header may name more */
  readonly to: readonly string[];
  readonly mime: string;
}

export interface Mailer {
  /** the most receivers of one message */
  readonly mostReceivers: number;
  /**
   * Sends a mail. `name` is the same if the mail is sent again because it is not known whether it went out.
   */
  send(mail: Mail, name: string): Promise<void>;
}
