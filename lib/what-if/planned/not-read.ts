/** What a resource changes cannot be told from what is planned; the message says why. */
export class NotRead extends Error {}
