/** What the renderer cannot derive from an environment. Codes are permanent. */
export const rendererFindings = {} as const;
