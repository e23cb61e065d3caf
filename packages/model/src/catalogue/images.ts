/** What can fail in images. Codes are permanent. */
export const imagesErrors = {
  IMAGES_BUILD_FAILED: {
    title: 'An image could not be built',
    message: (facts: { readonly image: string; readonly stderr: string }) =>
      `building ${facts.image} failed: ${facts.stderr}`,
  },
  IMAGES_NO_ENGINE: {
    title: 'No Docker engine answers',
    message: (facts: { readonly detail: string }) => `no Docker engine answers on this machine: ${facts.detail}`,
    hint: () => 'scripts/setup',
  },
  IMAGES_NO_BASE: {
    title: 'There is nothing to build images on',
    message: (facts: { readonly detail: string }) =>
      `no registry gives debian:trixie-slim, and debootstrap made none either: ${facts.detail}`,
    hint: () => 'scripts/setup; debootstrap needs root or a sudo that asks for no password',
  },
} as const;
