/** Names of fields whose values never belong in a log, compared without case, `-` and `_`. */
const secretFields: ReadonlySet<string> = new Set([
  'authorization', 'proxyauthorization', 'cookie', 'setcookie',
  'token', 'accesstoken', 'operatortoken', 'refreshtoken', 'password', 'credential', 'secret', 'secrets', 'digest',
  'accesskey', 'primarykey', 'secondarykey', 'privatekey', 'privatejwk', 'connectionstring', 'signincode',
  'sdp', 'icepwd',
]);
const maxDepth = 6;

/**
 * A copy of `value` in which every secret field reads `[redacted]`; `value` itself where there is none. Only plain objects and
 * arrays are entered, six levels deep; what lies deeper reads `[deep]`.
 */
export function redactFields<Value>(value: Value): Value {
  return redactValue(value, 0) as Value;
}

function redactValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) {
    if (depth === maxDepth) return '[deep]';
    const copy = value.map((item) => redactValue(item, depth + 1));
    return copy.some((item, index) => item !== value[index]) ? copy : value;
  }
  if (!isPlainObject(value)) return value;
  if (depth === maxDepth) return '[deep]';
  let copy: Record<string, unknown> | undefined;
  for (const [name, item] of Object.entries(value)) {
    const shown = secretFields.has(name.toLowerCase().replaceAll(/[-_]/g, '')) && item !== undefined ? '[redacted]' : redactValue(item, depth + 1);
    if (shown !== item) (copy ??= { ...value })[name] = shown;
  }
  return copy ?? value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Secrets that stand inside a sentence, a URL or an error's text: JSON Web Tokens, access keys and signatures as Azure writes
 * them, bearer credentials, the hash of digest credentials, codes of sign-in links and keys in addresses of webhooks, keys of SRTP and passwords of ICE, whole session
 * descriptions (as they look inside a JSON string).
 */
const secretPhrases = new RegExp(
  [
    String.raw`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}`,
    String.raw`(?<=accesskey=|Signature=)[A-Za-z0-9+/]{8,}={0,2}`,
    String.raw`(?<=Bearer )[\w.~+/-]{8,}=*`,
    String.raw`(?<=\bresponse=(?:\\?")?)[0-9a-f]{32,}`,
    String.raw`(?<=[?&#](?:code|sig|key|api[_-]?key|token|access_token|secret)=)[^\s"&#\\]{8,}`,
    String.raw`(?<=\binline:|\bice-pwd:)[A-Za-z0-9+/]{20,}={0,2}`,
    String.raw`v=0(?:\\r)?\\n(?:[^"\\]|\\.)*`,
  ].join('|'),
  'gi',
);

/** A finished log line without secrets in its texts: the second net, for what no field name gives away. */
export function redactPhrases(line: string): string {
  return line.replaceAll(secretPhrases, '[redacted]');
}
