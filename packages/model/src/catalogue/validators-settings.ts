type NameFacts = {
  readonly engine: string;
  readonly setting: string;
  /** Series whose settings are known. */
  readonly known: string;
  readonly suggestion?: string;
};

/** What the rules find in the settings of every database. Codes are permanent. */
export const settingsFindings = {
  VALIDATE_SETTING_UNKNOWN: {
    severity: 'error',
    title: 'A setting that the engine does not have',
    message: (facts: NameFacts) =>
      `${facts.engine} ${facts.known} has no setting "${facts.setting}", and would refuse to start`,
    hint: (facts: NameFacts) => meant(facts),
  },
  VALIDATE_SETTING_UNSURE: {
    severity: 'warning',
    title: 'A setting that another version of the engine may have',
    message: (facts: NameFacts & { readonly version: string; readonly docs: string }) =>
      `"${facts.setting}" is no setting of ${facts.engine} ${facts.known}, the version whose settings are known here; the image names ${facts.version}`,
    hint: (facts: NameFacts & { readonly version: string; readonly docs: string }) =>
      `${meant(facts)}; for ${facts.version}: ${facts.docs}`,
  },
  VALIDATE_SETTING_VALUE: {
    severity: 'error',
    title: 'A value that the engine does not take',
    message: (facts: {
      readonly setting: string;
      readonly value: string;
      readonly why: string;
      /** What the engine would do with it, as the rest of a sentence. */
      readonly effect: string;
      readonly expected: string;
    }) => `${facts.setting}: ${facts.value} ${facts.why}: ${facts.effect}`,
    hint: (facts: { readonly expected: string }) => `write ${facts.expected}`,
  },
  VALIDATE_SETTING_OWNED: {
    severity: 'error',
    title: 'A setting that is not free',
    message: (facts: {
      readonly service: string;
      /** With its value, when another one would be free. */
      readonly setting: string;
      readonly why: string;
      readonly instead: string;
    }) => `${facts.setting} of ${facts.service} is not free: ${facts.why}`,
    hint: (facts: { readonly instead: string }) => facts.instead,
  },
  VALIDATE_SETTING_LOSSY: {
    severity: 'warning',
    title: 'A setting that gives up data',
    message: (facts: {
      readonly service: string;
      readonly setting: string;
      readonly value: string;
      readonly loss: string;
      readonly instead: string;
    }) => `${facts.service} has ${facts.setting}: ${facts.value}: ${facts.loss}`,
    hint: (facts: { readonly instead: string }) => `accept it knowingly, or ${facts.instead}`,
  },
} as const;

function meant({ suggestion }: NameFacts): string {
  return suggestion === undefined ? 'remove it, or look up its name' : `did you mean "${suggestion}"?`;
}
