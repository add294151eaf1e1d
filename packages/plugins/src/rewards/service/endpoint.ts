/** A header whose value an environment variable holds. */
export interface SecretHeader {
  readonly header: string;
  readonly variable: string;
  /** What stands before the value: `Bearer`. */
  readonly scheme?: string;
}

/** Where a service is, and what may be said of it. */
export interface Endpoint {
  readonly url: string;
  /** How errors call it: without what may be secret. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text of the service, without the secrets that went to it. */
  redact(text: string): string;
}

/** What an option says itself, or what the environment variable that it names by $NAME holds. */
function valueOf(option: string): string | undefined {
  return option.startsWith('$') ? process.env[option.slice(1)]?.trim() : option;
}

/** Why nothing can be asked at an address; undefined where something can. It may hold a secret: it isn't shown. */
export function addressProblem(address: string): string | undefined {
  const value = valueOf(address);
  const subject = address.startsWith('$') ? `The environment variable ${address.slice(1)}` : 'The address';
  if (value === undefined || value === '') return `${subject} is not set.`;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return `${subject} is no http address.`;
  if (url.username !== '' || url.password !== '')
    return `${subject} holds a user or a password: name a header instead.`;
  return undefined;
}

/** Why a header can't be sent; undefined where it can. Whatever stands for the variable may be a secret: it isn't shown. */
export function headerProblem({ header, variable }: SecretHeader): string | undefined {
  if (!/^[\w-]+$/.test(header)) return `«${header}» can't be the name of a header.`;
  if (!/^[A-Z_][A-Z0-9_]*$/.test(variable)) {
    return `The header ${header} wants the name of an environment variable, not its value.`;
  }
  const value = process.env[variable]?.trim();
  if (value === undefined || value === '') return `The environment variable ${variable} is not set.`;
  return /^[\x20-\x7e]+$/.test(value) ? undefined : `The environment variable ${variable} holds what no header can.`;
}

/**
 * Reads address and headers. Variables that are not set give no header.
 *
 * @param path what follows the address: `/chat/completions`
 */
export function endpointOf(address: string, headers: readonly SecretHeader[], path = ''): Endpoint {
  const base = valueOf(address)!;
  const url = `${base.replace(/\/+$/, path === '' ? '$&' : '')}${path}`;
  const { host, origin, pathname } = new URL(url);
  const fromEnvironment = address.startsWith('$');
  const set = headers.flatMap(({ header, variable, scheme }) => {
    const value = process.env[variable]?.trim();
    return value ? [{ header, variable, value, sent: scheme === undefined ? value : `${scheme} ${value}` }] : [];
  });
  const secrets = set.flatMap(({ value, variable }): [string, string][] => [
    [value, `$${variable}`],
    [value.split(' ').at(-1)!, `$${variable}`],
  ]);
  if (fromEnvironment) secrets.unshift([url, address], [base, address]);
  return {
    url,
    name: fromEnvironment ? `${address} (${host})` : `${origin}${pathname}`,
    headers: Object.fromEntries(set.map(({ header, sent }) => [header, sent])),
    redact: (text) => secrets.reduce((rest, [secret, name]) => rest.replaceAll(secret, name), text),
  };
}
