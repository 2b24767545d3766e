import type { RegisterEndpointRequest } from '@dialplane/calling-api';
import type { EventChannel } from '../events/event-channel.ts';

/** What a client says of itself, for the call records. */
export type ClientDescription = NonNullable<RegisterEndpointRequest['client']>;

/** The part of a registration that outlives the process. Instants are wall-clock milliseconds. */
export interface Registration {
  readonly endpointId: string;
  readonly identifier: string;
  readonly displayName: string | undefined;
  readonly client: ClientDescription;
  /** When the access token it stands under expires; renewing moves it. */
  readonly tokenExpiresAt: number;
  readonly registeredAt: number;
}

/**
 * Whether a client is there.
 *
 * `present` -> `unattended` when its reader closes -> `lost` after a keep-alive period without reader or request ->
 * `present` again with either. `since` is monotonic.
 */
export type Presence =
  | { readonly kind: 'present' }
  | { readonly kind: 'unattended'; readonly since: number }
  | { readonly kind: 'lost'; readonly since: number };

/** A registered client of one user, in this process. */
export interface RegisteredEndpoint {
  readonly registration: Registration;
  readonly presence: Presence;
  readonly channel: EventChannel;
  /** The host of the URL under which the client reached this server last, without port: its own word. */
  readonly reachedBy: string | undefined;
  /** Spreads the keep-alives of all endpoints over the seconds of a period. */
  readonly slot: number;
}
