import { join } from 'node:path';
import { createSignalingController, type SignalingController } from '@dialplane/signaling-controller';
import { optionsInForce } from '../command-line/options-in-force.ts';
import { readVersion, repositoryRoot } from '../repository.ts';
import { findSdkTarball, type SdkTarball } from '../web/downloads.ts';
import type { ServerParts } from './server-parts.ts';

/** The controller, and the client library that it names to its clients. */
export interface ControllerPart {
  readonly controller: SignalingController;
  /** Absent where the client library was not built. */
  readonly sdkTarball: SdkTarball | undefined;
}

/** Makes the controller on the other parts, and takes up the calls that the server had when it ended. */
export async function openController(parts: ServerParts): Promise<ControllerPart> {
  const { options, logger, metrics, store, place, identity, sounds, media, relay, books, telephony } = parts;
  const sdkTarball = findSdkTarball(join(repositoryRoot, 'sdk/calling/dist'));
  const controller = createSignalingController({
    store, identity, metrics, logger: logger.child({ part: 'signaling' }), relay: relay.service, media: media.control, telephony: telephony.control, telephonyAdministration: books.desk,
    ...(telephony.edge !== undefined && { sipRegistrar: telephony.edge }),
    applications: { delivery: books.webhooks, incomingCalls: books.incomingCalls, calledUsers: books.calledUsers, sounds: sounds.library },
    configuration: {
      serverInfo: {
        name: 'Dialplane', version: readVersion(),
        ...(sdkTarball !== undefined && { sdkTarball: sdkTarball.path }),
        ...(options.certFile === undefined && { certificateAuthority: '/ca.crt' }),
        capabilities: { mediaProcessor: media.processor !== undefined, relay: options.relay, telephony: telephony.edge !== undefined && media.processor !== undefined },
      },
      serverOptions: optionsInForce(options),
      developmentSignIn: options.developmentSignIn,
      publicUrl: () => place.publicUrl(),
      recordRetentionDays: options.recordRetentionDays,
    },
  });
  await controller.restore();
  return { controller, sdkTarball };
}
