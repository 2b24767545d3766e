/**
 * The calling API's path template in the router's language: `{name}` becomes a parameter, and the literal `:verb` of a custom
 * method is kept apart from the parameter before it.
 *
 * `/v1/calls/{callId}:accept` -> `/v1/calls/:callId(^.+)::accept`. The router matches the parameter greedily, so a raw
 * identifier may hold colons of its own; percent-encoded ones are decoded.
 */
export function routePath(template: string): string {
  return template.replaceAll(/\{(\w+)\}(:)?|:/g, (_match, name: string | undefined, verb: string | undefined) => {
    if (name === undefined) return '::';
    return verb === undefined ? `:${name}` : `:${name}(^.+)::`;
  });
}

/** Long enough for a raw identifier of 256 characters, each percent-encoded; the router's own limit is 100. */
export const maxParameterLength = 768;
