import type { Endpoint, EndpointEvent, RegisterEndpointRequest } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import type { Platform } from '../platform.ts';
import type { TokenCredential } from '../public/call-client.ts';
import { ApiClient, type OperationInput, type RequestOptions } from './api-client.ts';
import { backoffMs, pause } from './backoff.ts';
import { EventChannel } from './event-channel.ts';
import type { RoutedOperation } from './routes.ts';
import { ServerError } from './server-error.ts';
import { TokenKeeper } from './token-keeper.ts';

/** Why there is no connection. */
export type DisconnectReason = 'invalidToken' | 'connectionIssue';

/**
 * Why the server let go of the endpoint: the words of its `endpointClosed` event, `forgotten` where it does not know the
 * endpoint any more, `refused` where it registers no other.
 */
export type EndpointLoss = Extract<EndpointEvent, { type: 'endpointClosed' }>['reason'] | 'forgotten' | 'refused';

export interface EndpointConnectionOptions {
  readonly platform: Platform;
  readonly baseUrl: string;
  readonly credential: TokenCredential;
  readonly registration: RegisterEndpointRequest;
  readonly onEvent: (event: EndpointEvent) => void;
  readonly onConnectedChanged: (isConnected: boolean, reason: DisconnectReason | undefined) => void;
  /** The endpoint is gone, and its calls with it. Another is registered unless the reason forbids it. */
  readonly onLost: (loss: EndpointLoss) => void;
}

const registrationDelays = { firstMs: 500, maxMs: 15_000 };

/**
 * This client's endpoint at the server: registered once, kept under the newest access token, registered anew when the server
 * has forgotten it, and the events that come through it.
 */
export class EndpointConnection {
  readonly api: ApiClient;
  private readonly options: EndpointConnectionOptions;
  private readonly tokens: TokenKeeper;
  private readonly stop = new AbortController();
  private endpoint: Endpoint | undefined;
  private channel: EventChannel | undefined;
  private unsubscribe: () => void = () => {};

  constructor(options: EndpointConnectionOptions) {
    this.options = options;
    this.tokens = new TokenKeeper({
      credential: options.credential,
      clock: options.platform.clock,
      onReplaced: () => {
        void this.renew();
      },
      onExpired: () => {
        this.giveUp('invalidToken');
      },
    });
    this.api = new ApiClient(options.platform, options.baseUrl, this.tokens);
  }

  /** Registers and begins to receive events. Rejects when the server refuses or cannot be reached. */
  async open(): Promise<void> {
    this.endpoint = await this.api.request('registerEndpoint', { body: this.options.registration }, { signal: this.stop.signal });
    this.listenToNetwork();
    this.openChannel(this.endpoint);
  }

  get endpointId(): string {
    return this.endpoint?.endpointId ?? '';
  }

  /** Whether the server reached telephones when this endpoint registered. */
  get canCallTelephones(): boolean {
    return this.endpoint?.canCallTelephones === true;
  }

  /** Closed by the application, or given up. */
  get isClosed(): boolean {
    return this.stop.signal.aborted;
  }

  /** Whether the newest access token permits `scope`. */
  hasScope(scope: string): boolean {
    return this.tokens.scopes.includes(scope);
  }

  /** Rejects with `SIGNED_OUT` when this connection was closed or given up. */
  async request<Id extends RoutedOperation>(operation: Id, input: OperationInput<Id>, options?: RequestOptions) {
    if (this.isClosed) throw clientError('SIGNED_OUT');
    return await this.api.request(operation, input, { signal: this.stop.signal, ...options });
  }

  /** Unregisters; `keepalive` when the page is being closed. Never rejects. */
  async close(options: RequestOptions = { timeoutMs: 3000 }): Promise<void> {
    if (this.isClosed) return;
    this.release();
    const { endpoint } = this;
    if (endpoint === undefined) return;
    await this.api.request('closeEndpoint', { params: { endpointId: endpoint.endpointId } }, options).catch((error: unknown) => {
      this.options.platform.logger.warning('the endpoint could not be closed', error);
    });
  }

  private openChannel(endpoint: Endpoint): void {
    const { platform, onConnectedChanged } = this.options;
    this.channel = new EventChannel({
      platform,
      api: this.api,
      endpointId: endpoint.endpointId,
      keepAliveMs: endpoint.keepAliveSeconds * 1000,
      onEvent: ({ event }) => {
        if (event.type === 'endpointClosed') this.handleClosed(event.reason);
        else this.options.onEvent(event);
      },
      onConnectedChanged: (isConnected) => {
        onConnectedChanged(isConnected, isConnected ? undefined : 'connectionIssue');
      },
      onRefused: (error) => {
        if (error.status === 401 || error.status === 403) this.giveUp('invalidToken');
        else void this.registerAgain('forgotten');
      },
    });
    this.channel.start();
  }

  private handleClosed(loss: EndpointLoss): void {
    // Registering again would sign out another client of this user, which would do the same.
    if (loss === 'replaced') this.giveUp(loss);
    else void this.registerAgain(loss);
  }

  /** Registers another endpoint in place of the one that is lost; where that was for its token, a newer token permits it. */
  private async registerAgain(loss: EndpointLoss): Promise<void> {
    const { platform, registration } = this.options;
    this.channel?.close();
    this.options.onLost(loss);
    this.options.onConnectedChanged(false, loss === 'invalidToken' ? 'invalidToken' : 'connectionIssue');
    for (let failures = 1; !this.isClosed; failures += 1) {
      try {
        this.endpoint = await this.api.request('registerEndpoint', { body: registration }, { signal: this.stop.signal });
        this.openChannel(this.endpoint);
        return;
      } catch (error) {
        if (error instanceof ServerError && !error.isRetryable) {
          this.giveUp(error.status === 401 ? 'invalidToken' : 'refused');
          return;
        }
        await pause(platform.clock, backoffMs(failures, registrationDelays, platform.random), this.stop.signal);
      }
    }
  }

  private async renew(): Promise<void> {
    const { endpoint } = this;
    if (endpoint === undefined) return;
    await this.api.request('renewEndpoint', { params: { endpointId: endpoint.endpointId } }, { signal: this.stop.signal }).catch((error: unknown) => {
      this.options.platform.logger.warning('the endpoint could not be put under the new token', error);
    });
  }

  /** The end of this connection: the application has to create another agent. */
  private giveUp(loss: EndpointLoss): void {
    if (this.isClosed) return;
    this.release();
    this.options.onLost(loss);
    this.options.onConnectedChanged(false, loss === 'invalidToken' ? 'invalidToken' : 'connectionIssue');
  }

  private release(): void {
    this.stop.abort();
    this.unsubscribe();
    this.tokens.close();
    this.channel?.close();
  }

  private listenToNetwork(): void {
    const { window } = this.options.platform;
    if (window === undefined) return;
    const online = () => {
      this.channel?.reconnect();
    };
    window.addEventListener('online', online);
    this.unsubscribe = () => {
      window.removeEventListener('online', online);
    };
  }
}
