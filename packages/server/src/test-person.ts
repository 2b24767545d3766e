import assert from 'node:assert/strict';
import type { EndpointEvent, EventBatch, SignInResponse } from '@dialplane/calling-api';

/** Somebody who signed in on this machine, with one endpoint. */
export class Person {
  readonly httpUrl: string;
  readonly signedIn: SignInResponse;
  readonly endpointId: string;

  readonly #events: EndpointEvent[] = [];
  #after = '';

  private constructor(httpUrl: string, signedIn: SignInResponse, endpointId: string) {
    this.httpUrl = httpUrl;
    this.signedIn = signedIn;
    this.endpointId = endpointId;
  }

  static async signIn(httpUrl: string, displayName: string): Promise<Person> {
    const signedIn = await send<SignInResponse>(httpUrl, 'POST', '/v1/sign-in', { displayName });
    const { endpointId } = await send<{ endpointId: string }>(httpUrl, 'POST', '/v1/endpoints', {}, signedIn.accessToken);
    return new Person(httpUrl, signedIn, endpointId);
  }

  ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return send<Answer>(this.httpUrl, method, path, body, this.signedIn.accessToken);
  }

  /** Waits for the next event of a kind; others before it are passed over. */
  async next<Type extends EndpointEvent['type']>(type: Type, condition: (event: Extract<EndpointEvent, { type: Type }>) => boolean = () => true): Promise<Extract<EndpointEvent, { type: Type }>> {
    for (;;) {
      const waiting = this.#events.shift();
      if (waiting?.type === type && condition(waiting as Extract<EndpointEvent, { type: Type }>)) return waiting as Extract<EndpointEvent, { type: Type }>;
      if (waiting !== undefined) continue;
      const { events, lastEventId } = await this.ask<EventBatch>('GET', `/v1/endpoints/${this.endpointId}/events?wait=20${this.#after}`);
      this.#after = `&after=${encodeURIComponent(lastEventId)}`;
      this.#events.push(...events.map(({ event }) => event));
    }
  }

  operate<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return send<Answer>(this.httpUrl, method, path, body, this.signedIn.operatorToken);
  }
}

async function send<Answer>(httpUrl: string, method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const response = await fetch(`${httpUrl}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}
