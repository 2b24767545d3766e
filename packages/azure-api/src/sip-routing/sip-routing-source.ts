import type { VoiceRoute } from '@dialplane/calling-api';

/** A merge patch (RFC 7396) of trunks and routes: `null` deletes a trunk, a list of routes replaces all. */
export interface SipConfigurationPatch {
  readonly trunks?: Readonly<Record<string, { readonly sipSignalingPort: number } | null>>;
  readonly routes?: readonly VoiceRoute[];
}

/** Trunks and voice routes of the resource. */
export interface SipRoutingSource {
  configuration(): { readonly trunks: Readonly<Record<string, { readonly sipSignalingPort: number }>>; readonly routes: readonly VoiceRoute[] };
  /** Carries out all of a patch, or says in Azure's word and a sentence what is wrong with it. Failures of the store are `StoreError`. */
  patch(patch: SipConfigurationPatch): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: string; readonly sentence: string }>;
}
