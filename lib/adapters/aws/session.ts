import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { isOver } from './call-error.ts';

/** Whether the credentials are still valid. If not, no call is worth making. */
export class Session {
  /** why no more calls are made, in one line; null: the session is valid */
  over: string | null = null;
  readonly #sts: STSClient;
  readonly #signIn: string | null;
  #asking: Promise<boolean> | null = null;

  constructor(sts: STSClient, signIn: string | null = null) {
    this.#sts = sts;
    this.#signIn = signIn;
  }

  /** If an error may mean the session or only a region, asks STS, which answers every caller with a valid session. */
  async note(error: unknown): Promise<void> {
    const over = isOver(error);
    if (over === 'no' || this.over !== null) return;
    if (over === 'yes' || !(await this.#holds())) this.#end();
  }

  #end(): void {
    const how = this.#signIn === null ? 'sign in again' : `sign in again with \`${this.#signIn}\``;
    this.over = `the credentials expired or are not valid: ${how}, then scan again`;
  }

  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permission is needed */
  async #holds(): Promise<boolean> {
    this.#asking ??= this.#ask();
    try {
      return await this.#asking;
    } finally {
      this.#asking = null;
    }
  }

  async #ask(): Promise<boolean> {
    try {
      await this.#sts.send(new GetCallerIdentityCommand({}));
      return true;
    } catch (error) {
      return isOver(error) === 'no';
    }
  }
}
