import { describe, expect, it } from 'vitest';

import { mirrorsOf } from './apt-sources.ts';

const DEBIAN = 'PRETTY_NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n';

describe('mirrorsOf', () => {
  it('reads the one-line format with options', () => {
    const list = [
      '# deb http://old.example/debian bookworm main',
      'deb-src http://src.example/debian bookworm main',
      'deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] http://mirror.example/debian bookworm main contrib',
      'deb http://mirror.example/security bookworm-security main',
    ].join('\n');
    expect(mirrorsOf(DEBIAN, [list])).toEqual({
      main: 'http://mirror.example/debian',
      security: 'http://mirror.example/security',
    });
  });

  it('reads the stanza format and passes over switched-off stanzas', () => {
    const list = [
      'Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no',
      'Types: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main',
    ].join('\n\n');
    expect(mirrorsOf(DEBIAN, [list])).toEqual({ main: 'http://mirror.example/debian' });
  });

  it('ignores archives that are not Debian’s own and mirrors without HTTP', () => {
    const lists = [
      'deb http://other.example/packages cloud-bookworm main',
      'deb http://other.example/tool bookworm stable',
      'deb cdrom:[Debian] bookworm main',
    ];
    expect(mirrorsOf(DEBIAN, lists)).toEqual({});
  });

  it('gives nothing on Ubuntu, whose mirrors hold no Debian', () => {
    const ubuntu = 'ID=ubuntu\nVERSION_CODENAME=noble\n';
    expect(mirrorsOf(ubuntu, ['deb http://mirror.example/ubuntu noble main'])).toEqual({});
  });
});
