/** What can fail in images. Codes are permanent. */
export const imagesErrors = {
  IMAGES_BUILD_FAILED: {
    title: 'An image could not be built',
    message: (facts: { readonly image: string; readonly stderr: string }) =>
      `building ${facts.image} failed: ${facts.stderr}`,
  },
} as const;
