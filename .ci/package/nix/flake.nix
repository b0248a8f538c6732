# SPDX-License-Identifier: MIT
# nix build 'git+file:///PATH/TO/CLONE?dir=.ci/package/nix'
{
  description = "Telemetry of Windows racing sims under Wine and Proton for native programs";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
    in
    {
      packages.x86_64-linux.default = pkgs.callPackage ./package.nix { };
      devShells.x86_64-linux.default = pkgs.mkShell {
        inputsFrom = [ self.packages.x86_64-linux.default ];
      };
    };
}
