import { Identity } from '@dialplane/identity';
import type { Store } from '@dialplane/store';
import type { TelephonyBooks } from '@dialplane/telephony';
import { createMetrics, type Logger, type Metrics } from '@dialplane/telemetry';
import { openCertificates, type Certificates } from '../certificates/open-certificates.ts';
import type { ClosingList } from '../closing-list.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { openMedia, type MediaPart } from '../media/open-media.ts';
import { openSounds, type SoundPart } from '../media/open-sounds.ts';
import { openData } from '../open-data.ts';
import { openRelay, type RelayPart } from '../relay/open-relay.ts';
import { openBooks } from '../telephony/open-books.ts';
import { TelephonyPart } from '../telephony/open-telephony.ts';
import { ServerPlace } from './server-place.ts';

/** What a server is made of below its controller: opened, and not yet started. */
export interface ServerParts {
  readonly options: ServerOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly certificates: Certificates;
  readonly place: ServerPlace;
  readonly identity: Identity;
  readonly sounds: SoundPart;
  readonly media: MediaPart;
  readonly relay: RelayPart;
  readonly books: TelephonyBooks;
  readonly telephony: TelephonyPart;
}

export interface PartsOptions {
  readonly options: ServerOptions;
  readonly logger: Logger;
  /** Ranges of peers that relays may reach whatever they are. */
  readonly laboratoryPeers: readonly string[];
  readonly demoCarrier: { readonly ringMs?: number } | undefined;
}

/** Opens one part after the other, each on those before it; what was opened is in `opened`, also when a later one throws. */
export async function openParts({ options, logger, laboratoryPeers, demoCarrier }: PartsOptions, opened: ClosingList): Promise<ServerParts> {
  const store = await openData(options.dataDir, logger);
  opened.add(() => store.close());
  const certificates = await openCertificates(options, logger.child({ part: 'tls' }));
  opened.add(async () => certificates.close());
  const certificate = () => certificates.current();

  const place = new ServerPlace(options, certificates);
  const metrics = createMetrics({ includeProcess: true });
  const identity = await Identity.open({ store, metrics, logger: logger.child({ part: 'identity' }), endpoint: () => place.publicUrl() });
  await allowOrigins(identity, options.allowedOrigins);
  const sounds = await openSounds(options);
  opened.add(() => sounds.library.close());
  const media = await openMedia({ options, metrics, sounds, logger: logger.child({ part: 'media' }) });
  opened.add(() => media.close());
  const relay = await openRelay({ options, laboratoryPeers, store, identity, metrics, logger: logger.child({ part: 'relay' }), certificate, tlsPort: () => place.ports.https, media });
  opened.add(() => relay.close());
  const books = await openBooks({ options, store, identity, logger: logger.child({ part: 'telephony' }) });
  opened.add(() => books.close());
  const telephony = new TelephonyPart({ options, demoCarrier, books, store, media, metrics, logger: logger.child({ part: 'telephony' }), certificate });
  opened.add(() => telephony.close());
  const stopForgetting = identity.onUserDeleted((identifier) => telephony.forgetUser(identifier));
  opened.add(async () => stopForgetting());
  return { options, logger, metrics, store, certificates, place, identity, sounds, media, relay, books, telephony };
}

async function allowOrigins(identity: Identity, allowedOrigins: readonly string[]): Promise<void> {
  const resource = identity.resources.default;
  if (resource.allowedOrigins.join() !== allowedOrigins.join()) await identity.resources.setAllowedOrigins(resource.id, allowedOrigins);
}
