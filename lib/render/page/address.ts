/** A text of the account as part of an address. */
const part = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Addresses within the page, after its file name: mails, alerts and the page itself link to them. */
export const addressOf = {
  principal: (arn: string): string => `#principal/${part(arn)}`,
  instance: (id: string): string => `#instance/${part(id)}`,
  cell: (arn: string, id: string): string => `#cell/${part(arn)}/${part(id)}`,
  policy: (id: string, statement?: number): string =>
    `#policy/${part(id)}${statement === undefined ? '' : `?statement=${statement}`}`,
  finding: (id: string): string => `#finding-${part(id)}`,
  change: (id: string): string => `#change-${part(id)}`,
};
