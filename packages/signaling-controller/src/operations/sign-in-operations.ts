import type { ServerInfo, SignInResponse } from '@dialplane/calling-api';
import type { Identity } from '@dialplane/identity';
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
  /** The address of a sign-in link with this code. */
  signInUrl(code: string): string;
}

/** Signing in for development, and the directory of those who did. */
export class SignInOperations {
  private readonly options: SignInOperationsOptions;

  constructor(options: SignInOperationsOptions) {
    this.options = options;
  }

  handlers(): Pick<OperationHandlers, 'getServerInfo' | 'signIn' | 'renewOperatorToken' | 'createSignInLink' | 'listDirectory'> {
    const { identity, registry, serverInfo, signInUrl } = this.options;
    return {
      getServerInfo: ({ http }) => ({ ...serverInfo(), developmentSignIn: this.needsNoLink(http) }),
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
    const operator = await this.admit(body.code, http);
    const signedIn = await keptSafe(this.options.identity.signIn({ displayName: body.displayName, operator }));
    if (!signedIn.ok) {
      throw new ApiError('REQUEST_INVALID', { message: 'Sign in with a name of 1 to 256 characters, without control characters.', target: 'body.displayName' });
    }
    return {
      identifier: signedIn.identifier,
      displayName: signedIn.displayName,
      accessToken: signedIn.accessToken,
      expiresOn: signedIn.expiresOn.toISOString(),
      ...(signedIn.operatorToken !== undefined && { operatorToken: signedIn.operatorToken }),
    };
  }

  /** Lets somebody sign in, or throws; says whether as an operator too. A code counts before the place. */
  private async admit(code: string | undefined, http: FastifyRequest): Promise<boolean> {
    if (code === undefined) {
      if (this.needsNoLink(http)) return true;
      throw new ApiError('SIGN_IN_REFUSED');
    }
    const redeemed = await keptSafe(this.options.identity.redeemSignInLink(code));
    if (!redeemed.ok) throw new ApiError('SIGN_IN_CODE_INVALID');
    return redeemed.operator;
  }

  private needsNoLink(http: FastifyRequest): boolean {
    return this.options.developmentSignIn && isFromThisMachine(http);
  }
}
