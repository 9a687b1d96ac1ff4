/** A text out of the account as a part of an address. */
const part = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Where things are in the page, behind its file name: what mails, alerts and the page itself link to. */
export const addressOf = {
  principal: (arn: string): string => `#principal/${part(arn)}`,
  instance: (id: string): string => `#instance/${part(id)}`,
  cell: (arn: string, id: string): string => `#cell/${part(arn)}/${part(id)}`,
  policy: (id: string, statement?: number): string =>
    `#policy/${part(id)}${statement === undefined ? '' : `?statement=${statement}`}`,
  finding: (id: string): string => `#finding-${part(id)}`,
  change: (id: string): string => `#change-${part(id)}`,
};
