import type { Instant } from '@dialplane/sansio';

/** The message that carries our description once we have it: a response, an ACK or a PRACK that waits. */
export interface DescriptionBearer {
  bear(description: Uint8Array, now: Instant): void;
  /** The peer's offer is refused; `headers` go with the refusal, where the message can be one. */
  refuse(status: number, headers: readonly (readonly [name: string, value: string])[], now: Instant): void;
}

type OfferState =
  /** Nothing was exchanged. */
  | { readonly kind: 'idle' }
  /** The peer has asked for our offer. */
  | { readonly kind: 'wanted'; readonly bearer: DescriptionBearer }
  /** Our offer is out. */
  | { readonly kind: 'offered'; readonly local: Uint8Array }
  /** The peer's offer is here. Without bearer it is that of the INVITE, which `progress` and `accept` answer. */
  | { readonly kind: 'asked'; readonly bearer?: DescriptionBearer }
  | { readonly kind: 'agreed' };

/**
 * Where a dialog stands in the offer/answer exchange (RFC 3264 §4, RFC 6337 §2): one offer at a time, and an answer to each.
 *
 * idle, agreed → offered → agreed; idle, agreed → asked → agreed; agreed → wanted → offered. A refused offer goes back to what was before.
 */
export class OfferAnswer {
  private state: OfferState = { kind: 'idle' };
  /** Our description in force: what a refresh repeats. */
  private agreedLocal: Uint8Array | undefined;

  get kind(): OfferState['kind'] {
    return this.state.kind;
  }

  /** Whether the offer of our INVITE is out: what its responses say is the answer to no other. */
  get awaitsFirstAnswer(): boolean {
    return this.state.kind === 'offered' && this.agreedLocal === undefined;
  }

  /** Whether the peer's offer waits for an answer in a message of its own: it is not the one of the INVITE. */
  get isAnsweredElsewhere(): boolean {
    return this.state.kind === 'asked' && this.state.bearer !== undefined;
  }

  /** Our latest description that the peer has agreed to; `undefined` before the first. */
  get local(): Uint8Array | undefined {
    return this.agreedLocal;
  }

  /** Our offer is sent. */
  offer(local: Uint8Array): void {
    this.state = { kind: 'offered', local };
  }

  /** The answer to our offer is here. */
  handleAnswer(): void {
    if (this.state.kind === 'offered') this.agree(this.state.local);
  }

  /** An offer is here. */
  ask(bearer?: DescriptionBearer): void {
    this.state = { kind: 'asked', ...(bearer === undefined ? {} : { bearer }) };
  }

  /** We are asked for an offer. */
  want(bearer: DescriptionBearer): void {
    this.state = { kind: 'wanted', bearer };
  }

  /** Our answer to the offer of the INVITE is sent. */
  answer(local: Uint8Array): void {
    this.agree(local);
  }

  /** The owner's answer, or the offer that was wanted, goes to the message that waits for it; `false` where none does. */
  bear(local: Uint8Array, now: Instant): boolean {
    const { state } = this;
    if ((state.kind !== 'asked' && state.kind !== 'wanted') || state.bearer === undefined) return false;
    if (state.kind === 'wanted') this.offer(local);
    else this.agree(local);
    state.bearer.bear(local, now);
    return true;
  }

  /** The owner refuses what the peer wants; `false` where there is nothing to refuse. */
  refuse(status: number, headers: readonly (readonly [name: string, value: string])[], now: Instant): boolean {
    const { state } = this;
    if ((state.kind !== 'asked' && state.kind !== 'wanted') || state.bearer === undefined) return false;
    this.goBack();
    state.bearer.refuse(status, headers, now);
    return true;
  }

  /** The offer under way, whoever made it, is not agreed to: what was before holds (RFC 3261 §14.1). */
  goBack(): void {
    this.state = this.agreedLocal === undefined ? { kind: 'idle' } : { kind: 'agreed' };
  }

  private agree(local: Uint8Array): void {
    this.agreedLocal = local;
    this.state = { kind: 'agreed' };
  }
}
