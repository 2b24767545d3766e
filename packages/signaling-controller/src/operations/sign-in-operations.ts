import type { ServerInfo, ServerOptionList, SignInRequest, SignInResponse } from '@dialplane/calling-api';
import type { Identity, LinkSignInResult } from '@dialplane/identity';
import type { FastifyRequest } from 'fastify';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.ts';
import { ApiError } from '../http/api-error.ts';
import { bearerToken } from '../http/authentication.ts';
import { isFromThisMachine } from '../http/cross-origin.ts';
import type { OperationHandlers, OperationRequest } from '../http/operation-handler.ts';
import { keptSafe } from './kept-safe.ts';

export interface SignInOperationsOptions {
  readonly identity: Identity;
  readonly registry: EndpointRegistry;
  /** Whether people at this machine may sign in without a link. */
  readonly developmentSignIn: boolean;
  serverInfo(): Omit<ServerInfo, 'developmentSignIn'>;
  serverOptions(): ServerOptionList['value'];
  /** The address of a sign-in link with this code. */
  signInUrl(code: string): string;
}

/** Signing in for development, and the directory of those who did. */
export class SignInOperations {
  private readonly options: SignInOperationsOptions;

  constructor(options: SignInOperationsOptions) {
    this.options = options;
  }

  handlers(): Pick<OperationHandlers, 'getServerInfo' | 'listServerOptions' | 'signIn' | 'renewOperatorToken' | 'createSignInLink' | 'listDirectory'> {
    const { identity, registry, serverInfo, serverOptions, signInUrl } = this.options;
    return {
      getServerInfo: ({ http }) => ({ ...serverInfo(), developmentSignIn: this.needsNoLink(http) }),
      listServerOptions: () => ({ value: serverOptions() }),
      signIn: (request) => this.signIn(request),
      renewOperatorToken: async ({ http }) => {
        const renewed = await keptSafe(identity.renewOperatorToken(bearerToken(http.headers.authorization)));
        if (!renewed.ok) throw new ApiError(renewed.code);
        return { operatorToken: renewed.token, expiresOn: renewed.expiresOn.toISOString() };
      },
      createSignInLink: async ({ body }) => {
        const { code, expiresOn } = await keptSafe(identity.createSignInLink({ operator: body.operator ?? false }));
        return { url: signInUrl(code), code, expiresOn: expiresOn.toISOString() };
      },
      listDirectory: async ({ query }) => {
        const users = await keptSafe(identity.listDevelopmentUsers(query.query ?? ''));
        return { value: users.map(({ identifier, displayName }) => ({ identifier, displayName, isOnline: registry.reachable(identifier).length > 0 })) };
      },
    };
  }

  private async signIn({ body, http }: OperationRequest<'signIn'>): Promise<SignInResponse> {
    const signedIn = await keptSafe(this.admit(body, http));
    if (!signedIn.ok) throw refusal(signedIn.code);
    return {
      identifier: signedIn.identifier,
      displayName: signedIn.displayName,
      accessToken: signedIn.accessToken,
      expiresOn: signedIn.expiresOn.toISOString(),
      ...(signedIn.operatorToken !== undefined && { operatorToken: signedIn.operatorToken }),
    };
  }

  /** A code counts before the place; who needs none is an operator. */
  private admit({ displayName, code }: SignInRequest, http: FastifyRequest): Promise<LinkSignInResult> {
    if (code !== undefined) return this.options.identity.signInByLink({ displayName, code });
    if (!this.needsNoLink(http)) throw new ApiError('SIGN_IN_REFUSED');
    return this.options.identity.signIn({ displayName, operator: true });
  }

  private needsNoLink(http: FastifyRequest): boolean {
    return this.options.developmentSignIn && isFromThisMachine(http);
  }
}

function refusal(code: Extract<LinkSignInResult, { ok: false }>['code']): ApiError {
  switch (code) {
    case 'DISPLAY_NAME_INVALID':
      return new ApiError('REQUEST_INVALID', { message: 'Sign in with a name of 1 to 256 characters, without control characters.', target: 'body.displayName' });
    case 'DISPLAY_NAME_TAKEN':
      return new ApiError('SIGN_IN_NAME_TAKEN', { target: 'body.displayName' });
    case 'SIGN_IN_CODE_INVALID':
      return new ApiError(code);
  }
}
