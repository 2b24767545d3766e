import type { RegisterEndpointRequest } from '@dialplane/calling-api';
import { UserCallAgent } from './call-agent.ts';
import type { LocalMedia } from './call-internals.ts';
import { clientError } from './communication-services-error.ts';
import { checkNetworkConfiguration } from './media/connection/ice-configuration.ts';
import { createLocalMedia } from './devices/local-media.ts';
import { FeatureSet, type CallClientInternals } from './feature-registry.ts';
import { hostPlatform, type Platform } from './platform.ts';
import type { CallAgent, CallAgentOptions } from './public/call-agent.ts';
import type { CallClientOptions, TokenCredential } from './public/call-client.ts';
import type { DeviceManager } from './public/devices.ts';
import type { TeamsCallAgent } from './public/teams-calls.ts';
import type { CallClientFeature, CallClientFeatureFactory } from './public/feature-factories.ts';
import { parseEndpoint, readAccessToken } from './signaling/access-token.ts';
import { EndpointConnection } from './signaling/endpoint-connection.ts';
import { createRemoteAudioStream } from './streams/remote-audio-stream.ts';
import { sdkVersion } from './version.ts';

const maxDisplayNameLength = 256;

/**
 * The entry to everything: makes the agent that calls and is called, and the device manager. One agent at a time; a second
 * `createCallAgent` rejects with 409/40228 until the first is disposed of.
 */
export class CallClient {
  private readonly options: CallClientOptions;
  private readonly platform: Platform;
  private readonly localMedia: LocalMedia;
  private readonly features: FeatureSet<CallClientInternals>;
  private hasAgent = false;
  private agent: UserCallAgent | undefined;
  private isDisposed = false;

  /** Throws `TURN_CONFIGURATION_INVALID` for TURN servers that no call could use. */
  constructor(options: CallClientOptions = {}) {
    if (options.networkConfiguration !== undefined) checkNetworkConfiguration(options.networkConfiguration);
    this.options = options;
    this.platform = hostPlatform(options);
    this.localMedia = createLocalMedia(this.platform);
    this.features = new FeatureSet<CallClientInternals>('callClient', { platform: this.platform });
  }

  feature<Feature extends CallClientFeature>(factory: CallClientFeatureFactory<Feature>): Feature {
    return this.features.get(factory);
  }

  /** Signs in with the credential's access token, which names the user and the server. */
  async createCallAgent(tokenCredential: TokenCredential, options: CallAgentOptions = {}): Promise<CallAgent> {
    if (this.isDisposed) throw clientError('CLIENT_DISPOSED');
    if (this.hasAgent) throw clientError('AGENT_EXISTS');
    if ((options.displayName?.length ?? 0) > maxDisplayNameLength) throw clientError('DISPLAY_NAME_TOO_LONG');
    this.hasAgent = true;
    try {
      this.agent = await this.openAgent(tokenCredential, options.displayName);
      return this.agent;
    } catch (error) {
      this.hasAgent = false;
      throw error;
    }
  }

  /** Microsoft Teams is not part of this system: always rejects. */
  async createTeamsCallAgent(): Promise<TeamsCallAgent> {
    throw clientError('TEAMS_UNSUPPORTED');
  }

  /** The same object every time. */
  async getDeviceManager(): Promise<DeviceManager> {
    return this.localMedia.deviceManager;
  }

  /** Disposes of the agent and lets go of every device. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    await this.agent?.dispose();
    this.localMedia.dispose();
  }

  private async openAgent(credential: TokenCredential, displayName: string | undefined): Promise<UserCallAgent> {
    const { platform, localMedia } = this;
    const { networkConfiguration, endpoint } = this.options;
    const token = await credential.getToken().catch((error: unknown) => {
      throw clientError('TOKEN_UNAVAILABLE', { cause: error });
    });
    const claims = readAccessToken(token.token);
    const server = networkConfiguration?.proxy?.url ?? endpoint ?? claims.endpoint;
    if (server === undefined) throw clientError('ENDPOINT_UNKNOWN');
    const connection: EndpointConnection = new EndpointConnection({
      platform,
      baseUrl: parseEndpoint(server),
      credential,
      registration: { ...(displayName === undefined ? {} : { displayName }), client: this.describeClient() },
      onEvent: (event) => {
        agent.handleEvent(event);
      },
      onConnectedChanged: (isConnected, reason) => {
        agent.connected(isConnected, reason);
      },
      onLost: (loss) => {
        agent.endpointLost(loss);
      },
    });
    const agent: UserCallAgent = new UserCallAgent({
      services: { platform, connection, localMedia, networkConfiguration, createRemoteAudioStream, selfRawId: claims.rawId },
      displayName,
      onDisposed: () => {
        this.hasAgent = false;
        this.agent = undefined;
      },
    });
    await connection.open();
    agent.connected(true, undefined);
    return agent;
  }

  private describeClient(): NonNullable<RegisterEndpointRequest['client']> {
    const { appName, appVersion } = this.options.diagnostics ?? {};
    const userAgent = this.platform.navigator?.userAgent?.slice(0, 128);
    return {
      sdkVersion,
      ...(appName === undefined ? {} : { appName: appName.slice(0, 64) }),
      ...(appVersion === undefined ? {} : { appVersion: appVersion.slice(0, 64) }),
      ...(userAgent === undefined ? {} : { browser: userAgent }),
    };
  }
}
