; Inno Setup 6: a Windows installer of the folder that build.py made. NOT TESTED: it was written on Linux.
;   py installer\build.py desktop
;   iscc /DVersion=0.1.0 installer\micm-desktop.iss
; Installs for the user alone, without administrator's rights. Silently: micm-desktop-0.1.0.exe /VERYSILENT
#ifndef Version
  #error Name the version: iscc /DVersion=0.1.0
#endif

[Setup]
AppId={{6C0B6D4E-5C0B-4B52-9E0A-6E2E0C9D7F31}
AppName=MICM Desktop
AppVersion={#Version}
DefaultDirName={autopf}\MICM Desktop
DefaultGroupName=MICM Desktop
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\LICENSE
OutputDir=..\dist
OutputBaseFilename=micm-desktop-{#Version}
UninstallDisplayIcon={app}\MICM Desktop.exe
Compression=lzma2/fast
SolidCompression=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "ja"; MessagesFile: "compiler:Languages\Japanese.isl"

[InstallDelete]
; Of an earlier version nothing may stay among the libraries.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\dist\micm-desktop\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\MICM Desktop"; Filename: "{app}\MICM Desktop.exe"
