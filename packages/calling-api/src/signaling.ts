import { Type, type Static } from 'typebox';
import { DisplayName, RawId, Timestamp, Uuid } from './identifiers.ts';
import { IceCandidate, MediaDescription, WantedStream } from './media.ts';

/** A registered client of one user: a browser tab, an app, a bot. It rings, and it receives events. */
export const Endpoint = Type.Object({
  endpointId: Uuid,
  identifier: RawId,
  displayName: Type.Optional(DisplayName),
  /** A comment is sent on an idle event stream this often; twice this without a byte means the connection is dead. */
  keepAliveSeconds: Type.Integer({ minimum: 1 }),
  /** How long an endpoint may be without an event stream before it is dropped from its calls. */
  reconnectWindowSeconds: Type.Integer({ minimum: 1 }),
  /** Whether telephone numbers could be called when this endpoint registered. */
  canCallTelephones: Type.Boolean(),
});
export type Endpoint = Static<typeof Endpoint>;

export const RegisterEndpointRequest = Type.Object({
  displayName: Type.Optional(DisplayName),
  /** For the call records: what this client is. */
  client: Type.Optional(
    Type.Object({
      sdkVersion: Type.Optional(Type.String({ maxLength: 64 })),
      platform: Type.Optional(Type.String({ maxLength: 128 })),
      browser: Type.Optional(Type.String({ maxLength: 128 })),
      browserVersion: Type.Optional(Type.String({ maxLength: 64 })),
      appName: Type.Optional(Type.String({ maxLength: 64 })),
      appVersion: Type.Optional(Type.String({ maxLength: 64 })),
    }),
  ),
});
export type RegisterEndpointRequest = Static<typeof RegisterEndpointRequest>;

export const EndpointPath = Type.Object({ endpointId: Uuid });

/** Long polling: `wait` seconds at most (0..30); `after` as `Last-Event-ID`. Without `wait` the answer is a stream. */
export const EventsQuery = Type.Object({
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 })),
  after: Type.Optional(Type.String({ maxLength: 64 })),
});
export type EventsQuery = Static<typeof EventsQuery>;

/** A description for the other side of a media session. */
export const SendDescriptionRequest = Type.Object({ endpointId: Uuid, description: MediaDescription });
export type SendDescriptionRequest = Static<typeof SendDescriptionRequest>;

/** Candidates for the other side, batched: at most one request per 50 ms is needed. */
export const SendCandidatesRequest = Type.Object({ endpointId: Uuid, candidates: Type.Array(IceCandidate, { minItems: 1, maxItems: 64 }) });
export type SendCandidatesRequest = Static<typeof SendCandidatesRequest>;

/** Which remote pictures the endpoint wants to see, and where: the whole list, in place of the last one. Sections that are not in it are silent. */
export const WantStreamsRequest = Type.Object({ endpointId: Uuid, wanted: Type.Array(WantedStream, { maxItems: 64 }) });
export type WantStreamsRequest = Static<typeof WantStreamsRequest>;

/** What the client sees of its media session. `failed` asks for the cause: why no pair worked. */
export const ReportMediaRequest = Type.Object({
  endpointId: Uuid,
  state: Type.Union([Type.Literal('connected'), Type.Literal('interrupted'), Type.Literal('failed')]),
  cause: Type.Optional(Type.Union([Type.Literal('noMediaPath'), Type.Literal('networkSetupFailed'), Type.Literal('networkDropped')])),
});
export type ReportMediaRequest = Static<typeof ReportMediaRequest>;

/**
 * Someone who can be called by name: the people who signed in for development. Applications keep their own directories.
 */
export const DirectoryEntry = Type.Object({ identifier: RawId, displayName: DisplayName, isOnline: Type.Boolean() });
export type DirectoryEntry = Static<typeof DirectoryEntry>;
export const DirectoryQuery = Type.Object({ query: Type.Optional(Type.String({ maxLength: 256 })) });
export const Directory = Type.Object({ value: Type.Array(DirectoryEntry) });

export const SignInRequest = Type.Object({
  displayName: DisplayName,
  /**
   * From a one-time sign-in link; not needed on the loopback interface while development sign-in is on. Without it, and with
   * the link of an operator, a name that somebody has signs in as that user; any other link is for a new name.
   */
  code: Type.Optional(Type.String({ maxLength: 128 })),
});
export type SignInRequest = Static<typeof SignInRequest>;

export const SignInResponse = Type.Object({
  identifier: RawId,
  displayName: DisplayName,
  accessToken: Type.String(),
  expiresOn: Timestamp,
  /** Present when this person may operate the server too. A bearer token for the operator operations only; renew it within the hour. */
  operatorToken: Type.Optional(Type.String()),
});
export type SignInResponse = Static<typeof SignInResponse>;

/** The next token of an operator's session. Each lasts an hour, the session twelve. */
export const RenewedOperatorToken = Type.Object({ operatorToken: Type.String(), expiresOn: Timestamp });
export type RenewedOperatorToken = Static<typeof RenewedOperatorToken>;

export const CreateSignInLinkRequest = Type.Object({ operator: Type.Optional(Type.Boolean()) });
export const SignInLink = Type.Object({ url: Type.String(), code: Type.String(), expiresOn: Timestamp });
export type SignInLink = Static<typeof SignInLink>;

/** What anybody may know of this server before signing in. */
export const ServerInfo = Type.Object({
  name: Type.String(),
  version: Type.String(),
  developmentSignIn: Type.Boolean({ description: 'True when this very connection may sign in without a link' }),
  sdkTarball: Type.Optional(Type.String()),
  certificateAuthority: Type.Optional(Type.String({ description: 'Path of the development CA certificate' })),
  capabilities: Type.Object({ mediaProcessor: Type.Boolean(), relay: Type.Boolean(), telephony: Type.Boolean() }),
});
export type ServerInfo = Static<typeof ServerInfo>;

/** What operators chose when they started the server; it holds until the next start. */
export const ServerOptionList = Type.Object({
  value: Type.Array(Type.Object({
    /** As it is written after `--`: `sip-port`. */
    name: Type.String(),
    /** In force now, as it would be written; absent where there is none. */
    value: Type.Optional(Type.String()),
    /** Whether `value` is what holds when nobody chooses. */
    isPreset: Type.Boolean(),
    /** What it means, in a sentence. */
    description: Type.String(),
  })),
});
export type ServerOptionList = Static<typeof ServerOptionList>;
