@echo off
rem Starts the Python that Counterpoint is installed in; the commands in dvc.yaml are run with it, so that they are the
rem same on every computer. `counterpoint run` names its own in COUNTERPOINT_PYTHON. Without that, the active environment
rem comes first, then the one in which a command of Counterpoint last ran, then .venv.
rem In a project that is no clone only the installed modules count: a pipeline.py of yours is not taken for them.
setlocal
set "safe=-P"
if exist "pipeline\ingest.py" set "safe="
set "noted="
if exist ".counterpoint\environment" set /p noted=<".counterpoint\environment"
if defined COUNTERPOINT_PYTHON if exist "%COUNTERPOINT_PYTHON%" set "python=%COUNTERPOINT_PYTHON%" & goto start
if exist "%VIRTUAL_ENV%\Scripts\counterpoint.exe" set "python=%VIRTUAL_ENV%\Scripts\python.exe" & goto start
if exist "%CONDA_PREFIX%\Scripts\counterpoint.exe" set "python=%CONDA_PREFIX%\python.exe" & goto start
if defined noted if exist "%noted%" set "python=%noted%" & goto start
if exist ".venv\Scripts\counterpoint.exe" set "python=.venv\Scripts\python.exe" & goto start
set "python=python"
:start
"%python%" %safe% %*
exit /b %ERRORLEVEL%
