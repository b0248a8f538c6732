# SPDX-License-Identifier: MIT
# Evaluates the package and the flake without nixpkgs, each of whose packages is only a name here.
let
  named = name: { outPath = "/nix/${name}"; };
  lib = {
    getLib = package: package;
    licenses.mit = "MIT";
  };
  package = import ./package.nix;
  arguments = builtins.mapAttrs (name: _: named name) (builtins.functionArgs package) // {
    inherit lib;
    stdenv.mkDerivation = attributes: attributes;
    runCommand =
      name: attributes: script: builtins.deepSeq [ attributes script ] "/nix/${name}";
  };
  pkgs = {
    callPackage = file: more: import file (arguments // more);
    mkShell = attributes: attributes;
  };
  flake = (import ./flake.nix).outputs {
    self = flake;
    nixpkgs.legacyPackages.x86_64-linux = pkgs;
  };
  built = flake.packages.x86_64-linux.default;
in
builtins.deepSeq (removeAttrs built [ "src" ]) "${built.version}\n${built.preBuild}"
