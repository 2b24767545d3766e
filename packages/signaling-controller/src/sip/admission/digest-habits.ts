import { readAddress, type SipRequest } from '@dialplane/sip';

/** Telephones that give up where a second challenge stands beside the one they understand. baresip: libre before 2.0. */
const knownToStumble = /^baresip v?[01]\./i;
const remembered = 256;

/**
 * Which telephones can be offered a choice of digest algorithms (RFC 8760 §2.3). All that have ever answered one can; one that comes back without credentials after it was
 * offered a choice gets MD5 alone from then on, as RFC 3261 has it. By what telephones say they are, not by user: it is a matter of their program.
 */
export class DigestHabits {
  private readonly capable = new Set<string>();
  private readonly offered = new Set<string>();
  private readonly stumbled = new Set<string>();

  /** Whether a challenge may leave a choice. */
  canChoose(request: SipRequest): boolean {
    const program = programOf(request);
    if (knownToStumble.test(program)) return false;
    if (this.capable.has(program)) return true;
    const telephone = telephoneOf(request);
    const isBack = this.offered.has(telephone);
    note(isBack ? this.stumbled : this.offered, telephone);
    return !isBack;
  }

  /** Credentials came. From a telephone that had no choice any more they say nothing about one. */
  noteAnswer(request: SipRequest): void {
    if (this.stumbled.size === 0 || !this.stumbled.has(telephoneOf(request))) note(this.capable, programOf(request));
  }
}

function telephoneOf(request: SipRequest): string {
  return `${programOf(request)} ${readAddress(request.headers, 'From')?.uri ?? ''}`;
}

function programOf({ headers }: SipRequest): string {
  return (headers.first('User-Agent') ?? '').slice(0, 64);
}

/** Bounded: the oldest are forgotten. */
function note(set: Set<string>, entry: string): void {
  if (set.has(entry)) return;
  if (set.size >= remembered) for (const oldest of set) {
    set.delete(oldest);
    break;
  }
  set.add(entry);
}
