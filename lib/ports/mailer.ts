/** A whole MIME message, ready to hand to SES. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly mime: string;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}
