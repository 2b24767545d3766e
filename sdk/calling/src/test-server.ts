import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Identity } from '@dialplane/identity';
import { createSignalingController, defaultSignalingLimits, errorHandler, fastifyOptions, notFoundHandler, type SignalingController } from '@dialplane/signaling-controller';
import { openStore, type Store } from '@dialplane/store';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import { freePort, patienceMs } from '@dialplane/testing';
import { fastify, type FastifyInstance } from 'fastify';

/** Limits that no test reaches by accident. */
const limits = { ...defaultSignalingLimits, requests: { perUser: { perSecond: 10_000, burst: 10_000 }, perAddress: { perSecond: 10_000, burst: 10_000 } } };

interface Running {
  readonly http: FastifyInstance;
  readonly store: Store;
  readonly controller: SignalingController;
  readonly identity: Identity;
}

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  /** Once it is answered. */
  status?: number;
}

/** The real controller over HTTP on loopback, which can be stopped and started again on the same port and data. */
export class TestServer {
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'dialplane-sdk-'));
  /** What clients have asked, in the order of arrival. */
  readonly requests: ReceivedRequest[] = [];
  /** Requests to these paths are answered with 503, as by a server that is not ready. */
  refuses: (path: string) => boolean = () => false;
  private readonly answers = new EventEmitter();
  private running: Running | undefined;
  private readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<TestServer> {
    const server = new TestServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get identity(): Identity {
    if (this.running === undefined) throw new Error('The test server is stopped.');
    return this.running.identity;
  }

  async start(): Promise<void> {
    const logger = createLogger({ level: process.env['TEST_LOG'] === undefined ? 'silent' : 'debug' });
    const metrics = createMetrics();
    const store = await openStore({ dataDir: this.dataDir });
    const identity = await Identity.open({ store, logger, metrics, endpoint: () => this.url });
    const controller = createSignalingController({
      store,
      identity,
      logger,
      metrics,
      configuration: {
        serverInfo: { name: 'Dialplane', version: '0.1.0', capabilities: { mediaProcessor: false, relay: false, telephony: false } },
        serverOptions: [],
        developmentSignIn: true,
        publicUrl: () => this.url,
        recordRetentionDays: 30,
        limits,
      },
    });
    const http = fastify({ ...fastifyOptions, forceCloseConnections: true });
    http.addHook('onRequest', async ({ method, url, headers }, reply) => {
      const path = url.split('?')[0] ?? '';
      const request: ReceivedRequest = { method, path, token: headers.authorization?.replace('Bearer ', '') };
      this.requests.push(request);
      reply.raw.once('close', () => {
        request.status = reply.statusCode;
        this.answers.emit('answer');
      });
      if (this.refuses(path)) await reply.code(503).send();
    });
    http.setErrorHandler(errorHandler(logger));
    http.setNotFoundHandler(notFoundHandler);
    await http.register(controller.plugin);
    await controller.restore();
    await http.listen({ port: this.port, host: '127.0.0.1' });
    this.running = { http, store, controller, identity };
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running === undefined) return;
    await running.controller.close();
    await running.http.close();
    await running.store.close();
  }

  /** Resolves when `condition` holds, looked at with every answer. */
  async answered(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.answers, 'answer', { signal: AbortSignal.timeout(patienceMs) });
  }

  /** A new user, or another token of a user. */
  async token(scopes: ReadonlyArray<'voip' | 'voip.join'> = ['voip'], identifier?: string): Promise<{ readonly token: string; readonly identifier: string }> {
    const user = identifier ?? (await this.identity.createUser({ resourceId: this.identity.resources.default.id }));
    const issued = await this.identity.issueAccessToken({ identifier: user, scopes });
    if (!issued.ok) throw new Error(issued.code);
    return { token: issued.token, identifier: user };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
