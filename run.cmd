@echo off
rem Runs the program, its demo or its tests from a checkout; needs nothing but Python 3.11 or newer.
rem The work is done by tools\launch.py; this only finds a Python that can read it.
setlocal
set "CHECK=import sys; sys.exit(sys.version_info < (3, 11))"
if defined CROSSSELL_PYTHON goto own
py -3 -c "%CHECK%" >nul 2>nul
if not errorlevel 1 goto launcher
python -c "%CHECK%" >nul 2>nul
if not errorlevel 1 goto plain
echo Python 3.11 or newer is needed. Install it: winget install Python.Python.3.13 1>&2
exit /b 1

:own
"%CROSSSELL_PYTHON%" "%~dp0tools\launch.py" %*
exit /b %errorlevel%

:launcher
py -3 "%~dp0tools\launch.py" %*
exit /b %errorlevel%

:plain
python "%~dp0tools\launch.py" %*
exit /b %errorlevel%
