// Masks the hashes of assets in templates, so that a review shows the name of the code and not that it was bundled
// again.

/** A hash of an asset (64 digits), of a version or of a deployment (32 or 40). */
const hash = /(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])/g;

/** Replaces hashes by names: `<asset:PasswordPolicy>` for an asset, `<hash 1>` for any other, by first appearance. */
export class Masks {
  private readonly names = new Map<string, string>();
  private unnamed = 0;

  /** @param assets display names of assets, by hash */
  constructor(assets: ReadonlyMap<string, string>) {
    for (const [digits, name] of assets) this.names.set(digits, `<asset:${name}>`);
  }

  mask(text: string): string {
    return text.replace(hash, (digits) => {
      const known = this.names.get(digits);
      if (known) return known;
      this.unnamed += 1;
      const name = `<hash ${this.unnamed}>`;
      this.names.set(digits, name);
      return name;
    });
  }
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly displayName?: string }>>;
}

/** The display names of the assets in a stack's `.assets.json`, without the names of the stack and the property. */
export function assetNames(stack: string, manifest: AssetManifest): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(manifest.files ?? {}).map(([digits, { displayName = 'unnamed' }]) => [
      digits,
      displayName.replace(`${stack}/`, '').replace(/\/(Code|AssetCode|Stage)$/, ''),
    ]),
  );
}
