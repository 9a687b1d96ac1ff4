/** A whole MIME message, ready to hand to SES. */
export interface Mail {
  readonly from: string;
  /** who gets it; the message's own header may name more */
  readonly to: readonly string[];
  readonly mime: string;
}

export interface Mailer {
  /** how many receivers it takes a message */
  readonly mostReceivers: number;
  /** Hands a mail over. `name` is the same when it is not known whether the mail went out and it is handed over again. */
  send(mail: Mail, name: string): Promise<void>;
}
