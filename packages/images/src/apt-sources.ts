/** Mirrors of the Debian archive that a machine is configured to use. */
export type Mirrors = {
  readonly main?: string;
  readonly security?: string;
};

type Source = { readonly uri: string; readonly suite: string; readonly components: readonly string[] };

/**
 * Gives the mirrors in a machine's apt configuration, for any suite of the same archive. Empty when the machine is no Debian or
 * when its mirrors are not reached by HTTP.
 * @param osRelease text of `/etc/os-release`
 * @param lists texts of `/etc/apt/sources.list` and of the files in `sources.list.d`, in both of apt's formats
 */
export function mirrorsOf(osRelease: string, lists: readonly string[]): Mirrors {
  const codename = valueOf(osRelease, 'VERSION_CODENAME');
  if (valueOf(osRelease, 'ID') !== 'debian' || codename === undefined) return {};
  const sources = lists.flatMap(sourcesIn).filter(({ components }) => components.includes('main'));
  const main = sources.find(({ suite }) => suite === codename)?.uri;
  const security = sources.find(({ suite }) => suite === `${codename}-security`)?.uri;
  return { ...(main === undefined ? {} : { main }), ...(security === undefined ? {} : { security }) };
}

function valueOf(osRelease: string, key: string): string | undefined {
  return new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1];
}

function sourcesIn(list: string): readonly Source[] {
  const sources = /^Types:/m.test(list) ? stanzas(list) : oneLine(list);
  return sources.filter(({ uri }) => /^https?:/.test(uri));
}

function oneLine(list: string): readonly Source[] {
  return list.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim());
    if (!match) return [];
    const [, uri = '', suite = '', components = ''] = match;
    return [{ uri, suite, components: words(components) }];
  });
}

function stanzas(list: string): readonly Source[] {
  return list.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (key: string) => words(new RegExp(`^${key}:(.*)$`, 'm').exec(stanza)?.[1] ?? '');
    if (!field('Types').includes('deb') || field('Enabled').includes('no')) return [];
    return field('URIs').flatMap((uri) =>
      field('Suites').map((suite) => ({ uri, suite, components: field('Components') })),
    );
  });
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
