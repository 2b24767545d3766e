import type { LogLevel } from '@dialplane/telemetry';
import type { RelayGrant } from '../relay-grant.ts';
import type { RelayPlaneSettings } from '../relay-plane-options.ts';
import type { RelayUsageEvent } from '../relay-plane.ts';
import type { RelayErrorCode } from '../relay-error.ts';

/** What the thread of the plane is made with. */
export interface PlaneWorkerData {
  readonly settings: RelayPlaneSettings;
  /** Memory of its {@link PlaneCounters}. */
  readonly statistics: SharedArrayBuffer;
}

/** What the thread of the plane is told. */
export type PlaneCommand =
  | { readonly kind: 'admit'; readonly grant: RelayGrant }
  | { readonly kind: 'revoke'; readonly credentialId: string }
  /** Answer `usage`: these steps are stored, or will not be in this run. */
  | { readonly kind: 'stored'; readonly tokens: readonly UsageToken[] }
  | { readonly kind: 'notStored'; readonly tokens: readonly UsageToken[] }
  | { readonly kind: 'drain' }
  | { readonly kind: 'close' };

/** A step in the life of an allocation, and what the answer says when it is stored. */
export interface UsageStep {
  readonly event: RelayUsageEvent;
  readonly token: UsageToken;
}

/** What a usage event is answered with: which allocation of the thread, and where its totals are. */
export interface UsageToken {
  readonly allocation: number;
  readonly slot: number;
  readonly isLast: boolean;
}

/** What the thread tells. */
export type PlaneReport =
  | {
      readonly kind: 'listening';
      readonly ports: readonly number[];
      readonly udpImplementation: 'native' | 'dgram';
      /** Why not native, and why the counters are no mapped memory. */
      readonly absentBecause: string | undefined;
      readonly countersAbsentBecause: string | undefined;
      /** Path of the socket that takes streams of other ports. */
      readonly handoverPath: string;
    }
  | { readonly kind: 'failed'; readonly code: RelayErrorCode; readonly detail: string | undefined }
  | { readonly kind: 'usage'; readonly steps: readonly UsageStep[] }
  | { readonly kind: 'log'; readonly level: Exclude<LogLevel, 'silent'>; readonly fields: Readonly<Record<string, unknown>>; readonly message: string };

/** How the parts of the thread write to the log of the process. */
export type PlaneLog = (level: 'error' | 'warn' | 'info' | 'debug', fields: Readonly<Record<string, unknown>>, message: string) => void;
