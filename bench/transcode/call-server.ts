import type { TelephoneCodec } from './telephone.ts';

/** What is between two telephones. */
export interface CallServer extends AsyncDisposable {
  readonly title: string;
  /** Processes whose time on CPU counts, with all their threads. */
  readonly pids: readonly number[];
  /** Connects two telephones: takes the offer of the first, has the second one answer an offer of the server's. @returns the answer for the first. */
  connect(call: { readonly offer: string; readonly from: TelephoneCodec; readonly to: TelephoneCodec; readonly isSecured: boolean; readonly answer: (offer: string) => string }): Promise<string>;
  /** Ends all calls. */
  hangUp(): Promise<void>;
}
