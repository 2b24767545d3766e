import type { CallKind, EndReason, LineDirection, Redirection, Topology } from '@dialplane/calling-api';

/** One endpoint's part in an ended call. Instants are milliseconds on the machine's own clock; the driver dates them. */
export interface ParticipationRecord {
  readonly participantId: string;
  readonly endpointId: string;
  readonly identifier: string;
  readonly displayName?: string;
  readonly role: 'caller' | 'callee' | 'participant';
  readonly startedAt: number;
  /** When it answered or its join completed; absent when it only rang. */
  readonly connectedAt?: number;
  readonly endedAt: number;
  readonly endReason: EndReason;
  /** It was an application, which has no media. */
  readonly isApplication?: true;
  /** Of a telephone: who called whom, through which trunk, and the number it was shown or showed, and where its call was before. */
  readonly line?: { readonly direction: LineDirection; readonly trunk?: string; readonly callerId?: string; readonly redirections?: readonly Redirection[] };
}

/** What remains of a call: written once, when it ends. */
export interface CallRecord {
  readonly callId: string;
  readonly kind: CallKind;
  readonly topology: Topology;
  readonly groupId?: string;
  readonly roomId?: string;
  readonly caller: string;
  readonly startedAt: number;
  readonly connectedAt?: number;
  readonly endedAt: number;
  readonly endReason: EndReason;
  readonly participations: readonly ParticipationRecord[];
  /** Identifiers that were called but had no endpoint to ring, with the reason. */
  readonly unreached: ReadonlyArray<{ readonly identifier: string; readonly endReason: EndReason }>;
}
